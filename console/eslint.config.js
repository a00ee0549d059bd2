import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines': ['error', { max: 200 }],
      'max-lines-per-function': ['error', { max: 25, skipComments: true }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'api.ts alone asks the server.' },
        { name: 'EventSource', message: 'live.ts alone owns the stream.' },
      ],
      'svelte/no-at-html-tags': 'error',
      // Stores hold values that are replaced as a whole, so plain maps and sets are what they should hold.
      'svelte/prefer-svelte-reactivity': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // The parser gives a template's own variables no type; svelte-check does, and checks them.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['src/api.ts', 'src/live.ts'], rules: { 'no-restricted-globals': 'off' } },
  // A dictionary is data, however long.
  { files: ['src/i18n/zh/*.ts', 'src/i18n/en/*.ts'], rules: { 'max-lines': 'off' } },
  // A describe block is a table of contents, not a function.
  { files: ['test/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['*.js', 'public/*.js'], extends: [ts.configs.disableTypeChecked] },
  // The service worker answers requests, so it asks for itself.
  {
    files: ['public/*.js'],
    languageOptions: { globals: { ...globals.serviceworker } },
    rules: { 'no-restricted-globals': 'off' },
  },
);
