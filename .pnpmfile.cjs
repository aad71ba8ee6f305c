// What is packed has no `source`: that condition leads tests and editors into `src`, which no user gets.
function withoutSource(targets) {
  const { source: _, ...rest } = targets
  return rest
}

module.exports = {
  hooks: {
    beforePacking(manifest) {
      const exports = Object.entries(manifest.exports ?? {}).map(([entry, targets]) => [
        entry,
        withoutSource(targets),
      ])
      return { ...manifest, exports: Object.fromEntries(exports) }
    },
  },
}
