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

/** Stores what the server issued; in cookie mode that is nothing. */
export async function keepTokens(
  storage: TokenStorage,
  issued: StoredTokens | null,
): Promise<void> {
  if (issued === null) return
  const { accessToken, refreshToken } = issued
  await storage.save({ accessToken, refreshToken })
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
