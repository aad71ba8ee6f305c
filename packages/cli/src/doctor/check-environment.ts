import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fine, type Finding } from './finding.ts'

/** The Node release that the packages ask for. */
const NODE: readonly [number, number] = [20, 19]

/** The runtime, and the file that holds the secrets. */
export function checkEnvironment(envFile: string): readonly Finding[] {
  return [checkNode(process.versions.node), ...checkMode(process.env), ...checkFile(envFile)]
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) {
    return fine('environment', `Node ${version}`)
  }
  const message = `Node ${version} is older than ${NODE.join('.')}.`
  return { check: 'environment', level: 'error', message, mend: 'Install a later release.' }
}

function checkMode(env: NodeJS.ProcessEnv): readonly Finding[] {
  const findings: Finding[] = []
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    findings.push({
      check: 'environment',
      level: 'error',
      message: 'NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are checked nowhere in this process.',
      mend: 'Take the variable out; give a certificate authority of your own by NODE_EXTRA_CA_CERTS.',
    })
  }
  if (env['NODE_ENV'] !== 'production') {
    findings.push({
      check: 'environment',
      level: 'note',
      message: `NODE_ENV is ${env['NODE_ENV'] ?? 'not set'}: mailers for development are let through.`,
      mend: 'In production set NODE_ENV=production.',
    })
  }
  return findings
}

function checkFile(file: string): readonly Finding[] {
  if (!existsSync(file)) return []
  const findings: Finding[] = []
  const mode = statSync(file).mode & 0o777
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    findings.push({
      check: 'environment',
      level: 'warning',
      message: `${file} can be read by other users of this machine (mode ${mode.toString(8)}).`,
      mend: `chmod 600 ${file}`,
    })
  }
  if (isTracked(file)) {
    findings.push({
      check: 'environment',
      level: 'error',
      message: `${file} is in the git repository, and so are its secrets.`,
      mend: `git rm --cached ${file}, add it to .gitignore, then: mindmesh rotate-secret --leaked`,
    })
  }
  return findings.length === 0 ? [fine('environment', `${file} is for this user only`)] : findings
}

function isTracked(file: string): boolean {
  try {
    const args = ['ls-files', '--error-unmatch', '--', file]
    execFileSync('git', args, { cwd: dirname(file), stdio: 'ignore' })
    return true
  } catch {
    // Not tracked, no repository, or no git.
    return false
  }
}
