import { memoryStore } from '@mindmesh/auth-adapter-kit'
import { openTelemetry } from '@mindmesh/auth/opentelemetry'
import { signIn } from './sign-in.ts'

await signIn({ adapter: memoryStore(), telemetry: openTelemetry() })
