import { LLMock } from '@copilotkit/aimock'
import { type ClaudeSettings, claude } from '../../src/llm/claude.ts'
import type { Llm } from '../../src/llm/llm.ts'
import { createLog } from '../../src/log.ts'
import type { Db } from '../../src/store/db.ts'

/** A server that speaks the Messages API, and a client of ours that talks to it. */
export async function mockClaude(): Promise<{
  mock: LLMock
  llmOver: (db: Db, settings?: Partial<ClaudeSettings>) => Llm
}> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' })
  await mock.start()
  return {
    mock,
    llmOver: (db, settings = {}) =>
      claude({
        db,
        log: createLog('silent'),
        apiKey: 'any',
        baseUrl: mock.url,
        models: {
          author: 'claude-sonnet-5-5',
          analyst: 'claude-sonnet-5-5',
          conversation: 'claude-sonnet-5-5',
        },
        prices: {},
        usdPerDay: 100,
        usdPerRun: 10,
        deadlineMs: 5_000,
        ...settings,
      }),
  }
}
