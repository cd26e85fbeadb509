/** What a state means for the person reading it. Always together with words and an icon, never colour alone. */
export type Tone = 'plain' | 'good' | 'attention' | 'danger';
