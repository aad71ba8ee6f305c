import type { Clock, Random } from '../ports/services.ts'

/** Makes UUIDv7 (RFC 9562 §5.7) whose order is the order in which they were made. */
export interface IdSource {
  next(): string
}

/** A clock that was set back further than this is believed (RFC 9562 §6.2 leaves the bound to the maker). */
const LARGEST_ROLLBACK_MS = 10_000
const COUNTER_MAX = 0xfff

/**
 * Ids of one instance: the 12 bits of `rand_a` are a counter within a millisecond that starts at random
 * (RFC 9562 §6.2, method 1), so that events of one step keep their order. 62 random bits follow.
 */
export function createIdSource(clock: Clock, random: Random): IdSource {
  let lastMs = 0
  let counter = 0
  return {
    next(): string {
      const now = clock.now().getTime()
      const bytes = Buffer.from(random.bytes(10))
      if (now > lastMs || lastMs - now > LARGEST_ROLLBACK_MS) {
        lastMs = now
        counter = bytes.readUInt16BE() & 0x7ff
      } else if (counter < COUNTER_MAX) {
        counter += 1
      } else {
        lastMs += 1
        counter = 0
      }
      return format(lastMs, counter, bytes.subarray(2))
    },
  }
}

/** 48 bits of milliseconds: the year 10889. */
const LATEST_MS = 0xffff_ffff_ffff

/** The smallest id of a millisecond: a bound for queries on ids. A date that no id can hold is the nearest that one can. */
export function lowestIdAt(at: Date): string {
  return format(at.getTime(), 0, new Uint8Array(8))
}

/** An id of a moment whose other bits are taken from ten bytes or more: the same from the same. */
export function derivedId(at: Date, bytes: Uint8Array): string {
  const counter = Buffer.from(bytes).readUInt16BE(0) & COUNTER_MAX
  return format(at.getTime(), counter, bytes.subarray(2, 10))
}

function format(ms: number, counter: number, tail: Uint8Array): string {
  const time = Math.min(Math.max(0, ms), LATEST_MS).toString(16).padStart(12, '0')
  const a = `7${counter.toString(16).padStart(3, '0')}`
  const rest = Buffer.from(tail)
  rest.writeUInt8((rest.readUInt8() & 0x3f) | 0x80)
  const b = rest.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-${a}-${b.slice(0, 4)}-${b.slice(4)}`
}
