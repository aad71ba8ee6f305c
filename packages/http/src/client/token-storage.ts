/** What a client keeps in token mode. */
export interface StoredTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Where a client keeps its tokens in token mode: on a phone, the keychain. */
export interface TokenStorage {
  load(): Promise<StoredTokens | null> | StoredTokens | null
  /** `null`: signed out. */
  save(tokens: StoredTokens | null): Promise<void> | void
}

/** Keeps tokens until the program ends. */
export function memoryTokenStorage(): TokenStorage {
  let kept: StoredTokens | null = null
  return {
    load: () => kept,
    save(tokens) {
      kept = tokens
    },
  }
}
