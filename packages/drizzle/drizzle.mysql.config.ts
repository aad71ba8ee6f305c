import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'mysql',
  schema: './src/mysql/tables.ts',
  out: './migrations/mysql',
})
