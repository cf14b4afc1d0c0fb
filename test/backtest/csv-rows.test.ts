import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { csvRows } from '../../src/backtest/csv-rows.ts'
import { temporaryFolders } from './csv-folder.ts'

const folders = temporaryFolders()
afterAll(() => folders.remove())

async function read(text: string, gzip = false): Promise<string[][]> {
  const folder = folders.write({ 'rows.csv': text }, { gzip })
  const file = gzip ? 'rows.csv.gz' : 'rows.csv'
  const rows: string[][] = []
  for await (const { cells } of csvRows(join(folder, file), file)) rows.push(cells)
  return rows
}

test('any cells come back as they were written, however they are quoted and the lines end', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '漢', '"', ',', '\n', '\r', ' ', '👩'),
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (grid, ending, gzip) => {
        const text = grid
          .map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
          .join(ending)

        expect(await read(text, gzip)).toEqual(grid)
        expect(await read(`\ufeff${text}${ending}`, gzip)).toEqual(grid)
      },
    ),
    { numRuns: 60 },
  )
})

test('rows longer than what is read at once are read as another reader reads them', async () => {
  const row = (index: number) => `${index},"${'x,"" é\n'.repeat(index * 40)}",end`
  const text = Array.from({ length: 200 }, (_, index) => row(index)).join('\n')

  expect(await read(text)).toEqual(parse(text))
})

test('a quote that is never closed is named with its row', async () => {
  await expect(read('a,b\n1,"two\n3,4\n')).rejects.toThrow('rows.csv, row 2: a quote is never closed')
})

test('what is no gzip says so', async () => {
  const folder = folders.write({})
  writeFileSync(join(folder, 'rows.csv.gz'), 'plain')

  const reading = csvRows(join(folder, 'rows.csv.gz'), 'rows.csv.gz').next()

  await expect(reading).rejects.toThrow(/^rows\.csv\.gz cannot be read: /)
})
