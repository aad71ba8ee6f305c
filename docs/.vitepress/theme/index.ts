/** The default theme without its fonts: the pages use those of the reader's system. */
export { default } from 'vitepress/theme-without-fonts'
