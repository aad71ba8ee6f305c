/** How many decimal digits a code has (NIST SP 800-63B-4 §3.1.3.1 and ASVS 6.5.4: at least six). */
export const CODE_DIGITS = 6
