/** Quotes, escapes, wildcards, line ends, right-to-left and characters outside the basic plane. */
export const AWKWARD = `O'Brien "Zoë" \\ \\' ; -- % _ $1 ? :x\n\tüß 日本 שלום 😀`
