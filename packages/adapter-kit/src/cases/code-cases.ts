import type { CodeStore } from '@mindmesh/auth/ports'
import { issue, register, sortedIds } from '../arrange.ts'
import { casesOf, type ContractCase, type ContractContext } from '../contract-case.ts'
import { expectEqual, expectStoreError } from '../expect.ts'
import { AWKWARD } from './texts.ts'

type Consume = Parameters<CodeStore['consume']>[0]

async function consume(
  { store }: ContractContext,
  input: Consume,
): Promise<Awaited<ReturnType<CodeStore['consume']>>> {
  return store.codes.consume(input, { consumed: {}, mismatch: {} })
}

/** What the changes of codes write, and the queries on them. */
export const codeCases: readonly ContractCase[] = casesOf('codes', {
  'codes.issue: what was written reads back equal': async (context) => {
    const { store, make } = context
    const code = await issue(context, {
      userId: make.id(),
      payload: { text: AWKWARD, empty: '', count: -7, none: null },
      expiresAt: make.at(1),
      createdAt: make.at(-1),
    })
    expectEqual(await store.codes.find(code), code, 'codes.find')
    const { purpose, secretHash } = code
    const byHash = await store.codes.findByHash({ purpose, secretHashes: [secretHash] })
    expectEqual(byHash, code, 'codes.findByHash')
  },
  'codes.issue: replaces the earlier code of the same purpose and subject': async (context) => {
    const { store } = context
    const earlier = await issue(context)
    const { purpose, subject } = earlier
    const later = await issue(context, { purpose, subject, payload: { round: 2 } })
    expectEqual(await store.codes.find(earlier), later, 'the code of the place')
    const { secretHash } = earlier
    const gone = await store.codes.findByHash({ purpose, secretHashes: [secretHash] })
    expectEqual(gone, null, 'the earlier code by its hash')
    const tried = await consume(context, {
      ...earlier,
      secretHashes: [secretHash],
      now: context.now,
    })
    expectEqual(tried, { status: 'not_found' }, 'consuming the earlier code')
  },
  'codes.issue: leaves the codes of other purposes and subjects': async (context) => {
    const kept = [
      await issue(context, { purpose: 'login', subject: 'a' }),
      await issue(context, { purpose: 'reset', subject: 'b' }),
      await issue(context, { purpose: 'login', subject: 'A' }),
    ]
    await issue(context, { purpose: 'login', subject: 'b' })
    for (const code of kept) expectEqual(await context.store.codes.find(code), code, 'a code')
  },
  'codes.issue: takes over no row of another place that has its id': async (context) => {
    const { store } = context
    const kept = await issue(context, { purpose: 'login', subject: 'a' })
    for (const place of [
      { purpose: 'reset', subject: 'a' },
      { purpose: 'login', subject: 'b' },
    ]) {
      await expectStoreError(store.codes.issue({ ...kept, ...place }, {}), 'codes.issue', [])
      expectEqual(await store.codes.find(kept), kept, 'the code')
    }
  },
  'codes.issue: a live earlier code hands down no more tries than it had left': async (context) => {
    const { purpose, subject } = await issue(context, { attemptsLeft: 2 })
    const later = await issue(context, { purpose, subject, attemptsLeft: 5 })
    const found = await context.store.codes.find(later)
    expectEqual(found?.attemptsLeft, 2, 'the tries of the later code')
    const last = await issue(context, { purpose, subject, attemptsLeft: 1 })
    const fewest = await context.store.codes.find(last)
    expectEqual(fewest?.attemptsLeft, 1, 'the tries of a code with fewer of its own')
  },
  'codes.issue: a code at its end or without tries hands nothing down': async (context) => {
    const { make } = context
    for (const fields of [{ attemptsLeft: 2, expiresAt: make.at(0) }, { attemptsLeft: 0 }]) {
      const { purpose, subject } = await issue(context, fields)
      const later = await issue(context, { purpose, subject, attemptsLeft: 5 })
      const found = await context.store.codes.find(later)
      expectEqual(found?.attemptsLeft, 5, 'the tries of the later code')
    }
  },
  'codes.find: nothing is null': async ({ store, make }) => {
    const { purpose, subject, secretHash } = make.newCode()
    expectEqual(await store.codes.find({ purpose, subject }), null, 'codes.find')
    const byHash = await store.codes.findByHash({ purpose, secretHashes: [secretHash] })
    expectEqual(byHash, null, 'codes.findByHash')
  },
  'codes.find: purposes and subjects that differ in case are others': async (context) => {
    const { store } = context
    const { purpose, subject } = await issue(context, { purpose: 'app:word', subject: 'Subject' })
    expectEqual(await store.codes.find({ purpose, subject: 'subject' }), null, 'codes.find')
    expectEqual(await store.codes.find({ purpose: 'app:Word', subject }), null, 'codes.find')
  },
  'codes.findByHash: any of the hashes finds it, of its own purpose only': async (context) => {
    const { store, make } = context
    const code = await issue(context, { purpose: 'reset' })
    const secretHashes = [make.secretHash(), code.secretHash]
    expectEqual(await store.codes.findByHash({ purpose: 'reset', secretHashes }), code, 'the code')
    const other = await store.codes.findByHash({ purpose: 'login', secretHashes })
    expectEqual(other, null, 'the code under another purpose')
  },
  'codes.consume: a right code is gone afterwards': async (context) => {
    const code = await issue(context)
    const input = { id: code.id, secretHashes: [code.secretHash], now: context.now }
    expectEqual(await consume(context, input), { status: 'consumed' }, 'codes.consume')
    expectEqual(await context.store.codes.find(code), null, 'the code')
    expectEqual(await consume(context, input), { status: 'not_found' }, 'codes.consume again')
  },
  'codes.consume: any of the accepted hashes is right': async (context) => {
    const code = await issue(context)
    const secretHashes = [context.make.secretHash(), code.secretHash]
    const outcome = await consume(context, { id: code.id, secretHashes, now: context.now })
    expectEqual(outcome, { status: 'consumed' }, 'codes.consume')
  },
  'codes.consume: leaves another code of the same hash': async (context) => {
    const code = await issue(context)
    const other = await issue(context, { secretHash: code.secretHash })
    const input = { id: code.id, secretHashes: [code.secretHash], now: context.now }
    expectEqual(await consume(context, input), { status: 'consumed' }, 'codes.consume')
    expectEqual(await context.store.codes.find(other), other, 'the other code')
  },
  'codes.consume: a hash that differs in case is wrong': async (context) => {
    const [stored, twin] = context.make.twinHashes()
    const { id } = await issue(context, { secretHash: stored })
    const outcome = await consume(context, { id, secretHashes: [twin], now: context.now })
    expectEqual(outcome, { status: 'mismatch', attemptsLeft: 4 }, 'codes.consume')
  },
  'codes.consume: each wrong try spends one; then even the right one is too late': async (
    context,
  ) => {
    const code = await issue(context, { attemptsLeft: 3 })
    const right = { id: code.id, secretHashes: [code.secretHash], now: context.now }
    for (const attemptsLeft of [2, 1, 0]) {
      const outcome = await consume(context, {
        ...right,
        secretHashes: [context.make.secretHash()],
      })
      expectEqual(outcome, { status: 'mismatch', attemptsLeft }, 'a wrong try')
      const found = await context.store.codes.find(code)
      expectEqual(found?.attemptsLeft, attemptsLeft, 'the tries that are stored')
    }
    expectEqual(await consume(context, right), { status: 'exhausted' }, 'the right try')
  },
  'codes.consume: works to the last millisecond, and not at the end': async (context) => {
    const { make } = context
    const code = await issue(context, { expiresAt: make.at(100) })
    const right = { id: code.id, secretHashes: [code.secretHash] }
    expectEqual(
      await consume(context, { ...right, now: make.at(100) }),
      { status: 'expired' },
      'at',
    )
    expectEqual(
      await consume(context, { ...right, now: make.at(99) }),
      { status: 'consumed' },
      'before',
    )
  },
  'codes.listByUser: the codes of this person alone': async (context) => {
    const { store } = context
    const [user, other] = [await register(context), await register(context)]
    const theirs = [
      await issue(context, { userId: user.id, subject: user.id, purpose: 'login' }),
      await issue(context, { userId: user.id, subject: user.id, purpose: 'reset' }),
    ]
    await issue(context, { userId: other.id })
    await issue(context)
    const listed = await store.codes.listByUser(user.id)
    expectEqual(sortedIds(listed), sortedIds(theirs), 'the codes')
  },
})
