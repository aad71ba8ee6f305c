import { createHmac, createSecretKey } from 'node:crypto'
import { fastHasher } from '@mindmesh/auth/testing'
import { createVerifier } from 'fast-jwt'
import { jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { alternate, type Contender } from '../alternate.ts'
import { JWT_SECRET, newPerson, ours } from '../ours.ts'
import { costs, figuresOf, outruns, type Row } from '../row.ts'

const EXPECTED = { issuer: 'mindmesh-auth', audience: 'mindmesh-auth' }

/** `auth.verifyAccessToken`, and what else reads a JWT: all check the signature, the issuer, the audience and the times. */
export const verifyAccessToken: Row = {
  name: 'verify-access-token',
  title: 'Verify an access token (HS256)',
  isPerEngine: false,
  async run(engine) {
    const database = await engine.open()
    const instance = ours(database.adapter, { passwordHasher: fastHasher() })
    const { accessToken } = await newPerson(instance)
    const us: Contender = {
      name: 'Mindmesh Auth',
      run: async () => instance.mindmesh.auth.verifyAccessToken(accessToken),
    }
    const floor: Contender = { name: 'node:crypto and JSON.parse', run: floorOf(accessToken) }
    const { jose, fastJwt, jsonWebToken } = peersOf(accessToken)
    const contenders = [us, floor, jose, fastJwt, jsonWebToken]
    await assertAllRead(contenders)
    const rates = await alternate(contenders)
    await instance.mindmesh.close()
    await database.close()
    return {
      figures: figuresOf(rates),
      verdicts: [
        costs(rates, us, floor, 3),
        outruns(rates, us, jose, 3),
        outruns(rates, us, fastJwt, 0.5),
      ],
    }
  },
}

/** One HMAC and the claims parsed: less than a check, since nothing is compared with what is expected. */
function floorOf(token: string): () => unknown {
  const key = createSecretKey(Buffer.from(JWT_SECRET))
  return () => {
    const end = token.lastIndexOf('.')
    const signature = createHmac('sha256', key).update(token.slice(0, end)).digest('base64url')
    if (signature !== token.slice(end + 1)) throw new Error('The signature is wrong.')
    const payload: unknown = JSON.parse(
      Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString('utf8'),
    )
    return payload
  }
}

function peersOf(token: string): Record<'jose' | 'fastJwt' | 'jsonWebToken', Contender> {
  const { issuer, audience } = EXPECTED
  const key = createSecretKey(Buffer.from(JWT_SECRET))
  const verify = createVerifier({
    key: JWT_SECRET,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  })
  return {
    jose: {
      name: 'jose, imported key',
      run: async () => jwtVerify(token, key, { ...EXPECTED, algorithms: ['HS256'] }),
    },
    fastJwt: { name: 'fast-jwt, no cache', run: () => verify(token) },
    jsonWebToken: {
      name: 'jsonwebtoken',
      run: () => jsonwebtoken.verify(token, key, { ...EXPECTED, algorithms: ['HS256'] }),
    },
  }
}

/** None may be fast because it verifies nothing. */
async function assertAllRead(contenders: readonly Contender[]): Promise<void> {
  for (const { name, run } of contenders) {
    if (!JSON.stringify(await run()).includes('@example.com'))
      throw new Error(`${name} read nothing.`)
  }
}
