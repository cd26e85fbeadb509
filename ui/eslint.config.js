import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist/', 'target/', 'node_modules/', 'src/backend/bindings.ts'] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // Svelte reads `$state` fields of classes through getters; the compiler already names unused ones.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      // Personal data lives in the encrypted store of the program and nowhere else.
      'no-restricted-globals': ['error', 'localStorage', 'sessionStorage', 'indexedDB', 'history', 'alert', 'confirm'],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[property.name='innerHTML']", message: 'Text from outside is shown as text.' },
      ],
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      // Transitions write style elements, which the content security policy refuses.
      'no-restricted-imports': ['error', { paths: ['svelte/transition', 'svelte/animate'] }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  { files: ['tools/**', '*.config.*'], languageOptions: { globals: { ...globals.node } }, rules: { 'no-console': 'off' } },
);
