/**
 * One decision of the policy, in the shape of an event of Open Policy Agent's decision log: its names are kept, so that
 * whoever reads those logs reads these.
 *
 * There is one for each decision that the engine made, and for each refusal that was remembered from an earlier decision:
 * that one once for each attempt at a message, and without `metrics`. What is allowed and was remembered is not told again.
 */
export interface DecisionEvent {
  /** A random UUID. */
  readonly decision_id: string;
  /** The time that the policy was told, as RFC 3339 has it, with nine decimals. */
  readonly timestamp: string;
  /** `id`: a random UUID of the host. */
  readonly labels: { readonly id: string };
  /** `revision`: the SHA-256 of the policy's modules and data, 64 lower-case hexadecimal digits: that of the ledger's entries. */
  readonly bundles: { readonly policy: { readonly revision: string } };
  /** The package that was asked. */
  readonly path: "doteros";
  /** What it was asked: see PolicyInput. Without it: it was erased. */
  readonly input?: unknown;
  /**
   * What it answered: `deny`, and `allow` where that did not decide it already. What is not in it is undefined. Without a
   * result: it was erased, or there is an `error`.
   */
  readonly result?: unknown;
  /** JSON pointers to what the policy's masks took out. */
  readonly erased?: readonly string[];
  /** JSON pointers to what they put something else in the place of. */
  readonly masked?: readonly string[];
  /** Why there is no result; the call was refused. Or why the masks failed: then input and result were erased. */
  readonly error?: { readonly code: string; readonly message: string };
  /** How long the engine took, in nanoseconds. */
  readonly metrics?: { readonly timer_rego_query_eval_ns: number };
}
