/** The set-up script is plain JavaScript, for it runs before TypeScript is installed. */
declare module '*.mjs';
