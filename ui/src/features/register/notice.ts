/** The notice as it is shown: paragraphs with bold words. Its text is Markdown with bold only, and stays text. */

export interface Piece {
  words: string;
  bold: boolean;
}

/** Paragraphs up to the first section (the questions and the signing have their own places on the page). */
export function paragraphs(markdown: string): Piece[][] {
  const told = markdown.replace(/<!--[\s\S]*?-->/g, '').split(/^## /m)[0] ?? '';
  return told
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block && !block.startsWith('#'))
    .map(pieces);
}

function pieces(block: string): Piece[] {
  return block
    .replace(/\s*\n\s*/g, ' ')
    .split('**')
    .map((words, i) => ({ words, bold: i % 2 === 1 }))
    .filter((piece) => piece.words !== '');
}
