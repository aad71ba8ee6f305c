/** Makes a value when it is first asked for: a statement cannot be prepared before its table is there. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
