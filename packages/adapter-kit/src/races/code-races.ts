import type { CodeRecord, CodeStore } from '@mindmesh/auth/ports'
import { issue, register } from '../arrange.ts'
import type { ContractContext } from '../contract-case.ts'
import { countOf, expectEqual, present } from '../expect.ts'
import { defineRace, eventsOf, expectOneWinner, RACERS, type Race } from './race.ts'

type Outcome = Awaited<ReturnType<CodeStore['consume']>>

/** A code with five tries, of somebody. */
async function prepareCode(context: ContractContext): Promise<CodeRecord> {
  const user = await register(context)
  return issue(context, { userId: user.id, subject: user.id })
}

async function consume(
  { store, make, now }: ContractContext,
  code: CodeRecord,
  isRight: boolean,
): Promise<Outcome> {
  const secretHashes = [isRight ? code.secretHash : make.secretHash()]
  const event = { userId: code.userId }
  return store.codes.consume(
    { id: code.id, secretHashes, now },
    {
      consumed: { events: [make.event({ ...event, type: 'OTP_VERIFIED' })] },
      mismatch: { events: [make.event({ ...event, type: 'OTP_FAILED' })] },
    },
  )
}

function triesLeft(outcomes: readonly Outcome[]): readonly number[] {
  return outcomes
    .flatMap((outcome) => (outcome.status === 'mismatch' ? [outcome.attemptsLeft] : []))
    .toSorted((a, b) => b - a)
}

function statusesOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) => outcome.status)
}

async function expectEvents(
  context: ContractContext,
  code: CodeRecord,
  counts: { readonly verified: number; readonly failed: number },
): Promise<void> {
  const types = (await eventsOf(context, String(code.userId))).map((event) => event.type)
  const { verified, failed } = counts
  expectEqual(countOf(types, 'OTP_VERIFIED'), verified, 'how many events OTP_VERIFIED there are')
  expectEqual(countOf(types, 'OTP_FAILED'), failed, 'how many events OTP_FAILED there are')
}

/** Races for a code. */
export const codeRaces: readonly Race[] = [
  defineRace({
    name: 'codes.consume: of many right calls at once exactly one is told consumed',
    group: 'codes',
    prepare: prepareCode,
    call: async (context, code, _index) => consume(context, code, true),
    judge: async (context, code, outcomes: readonly Outcome[]) => {
      expectOneWinner(statusesOf(outcomes), { won: 'consumed', lost: 'not_found' })
      expectEqual(await context.store.codes.find(code), null, 'the code afterwards')
      await expectEvents(context, code, { verified: 1, failed: 0 })
    },
  }),
  defineRace({
    name: 'codes.consume: of many wrong calls at once as many are compared as there were tries',
    group: 'codes',
    prepare: prepareCode,
    call: async (context, code, _index) => consume(context, code, false),
    judge: async (context, code, outcomes: readonly Outcome[]) => {
      expectEqual(triesLeft(outcomes), [4, 3, 2, 1, 0], 'the tries left that were told')
      expectEqual(countOf(statusesOf(outcomes), 'exhausted'), RACERS - 5, 'how many came too late')
      await expectEvents(context, code, { verified: 0, failed: 5 })
    },
  }),
  defineRace({
    name: 'codes.consume: a right call wins against wrong ones while tries are left',
    group: 'codes',
    prepare: prepareCode,
    // Four wrong ones leave one try: whatever the order, the right ones find it.
    call: async (context, code, index) => consume(context, code, index % 8 !== 0),
    judge: async (context, code, outcomes: readonly Outcome[]) => {
      const statuses = statusesOf(outcomes)
      const wrong = countOf(statuses, 'mismatch')
      expectEqual(countOf(statuses, 'consumed'), 1, 'how many were told consumed')
      expectEqual(countOf(statuses, 'not_found'), RACERS - 1 - wrong, 'how many came too late')
      expectEqual(triesLeft(outcomes), [4, 3, 2, 1].slice(0, wrong), 'the tries left')
      await expectEvents(context, code, { verified: 1, failed: wrong })
    },
  }),
  defineRace({
    name: 'codes.consume: among many wrong calls a right one gets no more than its place in the line',
    group: 'codes',
    prepare: prepareCode,
    call: async (context, code, index) => consume(context, code, index === RACERS - 1),
    judge: async (context, code, outcomes: readonly Outcome[]) => {
      const statuses = statusesOf(outcomes)
      const wrong = countOf(statuses, 'mismatch')
      const consumed = countOf(statuses, 'consumed')
      expectEqual(wrong + consumed <= 5, true, `whether ${wrong} + ${consumed} tries are within 5`)
      expectEqual(consumed === 1 || wrong === 5, true, 'whether tries were left over unused')
      await expectEvents(context, code, { verified: consumed, failed: wrong })
    },
  }),
  defineRace({
    name: 'codes.issue: of many at once for one place one code is left, and it works',
    group: 'codes',
    prepare: prepareCode,
    call: async (context, { purpose, subject, userId }, _index) => {
      const code = context.make.newCode({ purpose, subject, userId })
      await context.store.codes.issue(code, { events: [context.make.event({ userId })] })
      return code
    },
    judge: async (context, earlier, codes: readonly CodeRecord[]) => {
      const left = present(await context.store.codes.find(earlier), 'the code that is left')
      const issued = codes.find((code) => code.id === left.id)
      expectEqual(left, issued, 'the code that is left')
      const listed = await context.store.codes.listByUser(String(earlier.userId))
      expectEqual(listed, [left], 'the codes of the person')
      expectEqual((await consume(context, left, true)).status, 'consumed', 'consuming it')
      await expectEvents(context, earlier, { verified: 1, failed: 0 })
    },
  }),
]
