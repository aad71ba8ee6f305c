import { SECRET_NAMES, weaknessOf } from '../env/secrets.ts'
import { fine, type Finding } from './finding.ts'

/** The secrets as the environment has them: an instance is only told from without where it was given others. */
export function checkSecrets(env: NodeJS.ProcessEnv): readonly Finding[] {
  const names = Object.values(SECRET_NAMES)
  return [...names.flatMap((name) => checkSecret(name, env)), ...checkPair(env)]
}

function checkSecret(name: string, env: NodeJS.ProcessEnv): readonly Finding[] {
  const secret = env[name] ?? ''
  const previous = (env[`${name}_PREVIOUS`] ?? '').split(',').map((text) => text.trim())
  const kept = previous.filter((text) => text !== '')
  return [current(name, secret), ...kept.flatMap((text) => earlier(name, text, secret))]
}

function current(name: string, secret: string): Finding {
  if (secret === '') {
    const message = `${name} is not in the environment: where it is given as an option, it was not looked at.`
    return { check: 'secrets', level: 'note', message, mend: null }
  }
  const weakness = weaknessOf(secret)
  if (weakness === null) return fine('secrets', `${name} is strong`)
  const mend = 'Replace it: mindmesh rotate-secret --leaked'
  return { check: 'secrets', level: 'error', message: `${name} ${weakness}.`, mend }
}

function earlier(name: string, text: string, secret: string): readonly Finding[] {
  const mend = 'Once the rotation is over: mindmesh rotate-secret --finish'
  if (text === secret) {
    const message = `${name}_PREVIOUS holds the secret that is in use.`
    return [{ check: 'secrets', level: 'warning', message, mend }]
  }
  if (weaknessOf(text) !== null) {
    const message = `${name}_PREVIOUS holds a secret that would be guessed, and is accepted still.`
    return [{ check: 'secrets', level: 'error', message, mend: 'mindmesh rotate-secret --finish' }]
  }
  const message = `${name}_PREVIOUS is set: a secret of before is accepted still.`
  return [{ check: 'secrets', level: 'note', message, mend }]
}

function checkPair(env: NodeJS.ProcessEnv): readonly Finding[] {
  const [jwt, refresh] = [env[SECRET_NAMES.jwt], env[SECRET_NAMES.refresh]]
  if (jwt === undefined || jwt === '' || jwt !== refresh) return []
  const message = 'AUTH_REFRESH_SECRET is the same as AUTH_JWT_SECRET.'
  const mend = 'Make another one: mindmesh secret'
  return [{ check: 'secrets', level: 'error', message, mend }]
}
