import type { CodeRecord, CodeStore } from '@mindmesh/auth/ports'
import { issue, register } from '../arrange.ts'
import type { Arrange, Change } from '../change.ts'
import type { ContractContext } from '../contract-case.ts'

type Consume = Parameters<CodeStore['consume']>[0]

const consuming =
  (
    outcome: Awaited<ReturnType<CodeStore['consume']>>['status'],
    code: (context: ContractContext) => Partial<CodeRecord>,
    inputOf: (context: ContractContext, code: CodeRecord) => Partial<Consume>,
  ): Arrange =>
  async (context) => {
    const user = await register(context)
    const issued = await issue(context, { userId: user.id, ...code(context) })
    const right = { id: issued.id, secretHashes: [issued.secretHash], now: context.now }
    const input = { ...right, ...inputOf(context, issued) }
    return {
      userId: user.id,
      outcome,
      act: async (effects) => {
        const both = { consumed: effects, mismatch: effects }
        return (await context.store.codes.consume(input, both)).status
      },
    }
  }

const issuing: Arrange = async (context) => {
  const user = await register(context)
  const place = { userId: user.id, subject: user.id }
  await issue(context, place)
  const code = context.make.newCode(place)
  return {
    userId: user.id,
    outcome: undefined,
    act: async (effects) => context.store.codes.issue(code, effects),
  }
}

const nothing = (): object => ({})

/** The changes of codes. */
export const codeChanges: readonly Change[] = [
  {
    name: 'codes.issue',
    operation: 'codes.issue',
    group: 'codes',
    win: issuing,
    lose: {},
  },
  {
    name: 'codes.consume of the right code',
    operation: 'codes.consume',
    group: 'codes',
    win: consuming('consumed', nothing, nothing),
    lose: {
      'no try is left': consuming('exhausted', () => ({ attemptsLeft: 0 }), nothing),
      'the code is at its end': consuming('expired', nothing, (_, { expiresAt }) => ({
        now: expiresAt,
      })),
      'the code is unknown': consuming('not_found', nothing, ({ make }) => ({ id: make.id() })),
    },
  },
  {
    name: 'codes.consume of a wrong code',
    operation: 'codes.consume',
    group: 'codes',
    win: consuming('mismatch', nothing, ({ make }) => ({ secretHashes: [make.secretHash()] })),
    lose: {
      'no try is left': consuming(
        'exhausted',
        () => ({ attemptsLeft: 0 }),
        ({ make }) => ({ secretHashes: [make.secretHash()] }),
      ),
      'the code is at its end': consuming('expired', nothing, ({ make }, { expiresAt }) => ({
        now: expiresAt,
        secretHashes: [make.secretHash()],
      })),
    },
  },
]
