/** What one row of the matrix says. */
export interface MatrixRow {
  readonly name: string;
  readonly first: "ok" | "failed" | "skipped" | undefined;
}

export function readMatrix(text: string): MatrixRow[];
