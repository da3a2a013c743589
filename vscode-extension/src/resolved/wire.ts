// What the server says of a step as it would be sent (docs/lsp.md).

export interface ResolvedStep {
  readonly step: string;
  readonly text: string;
  readonly spans: readonly ResolvedSpan[];
}

export interface ResolvedSpan {
  readonly start: number;
  readonly end: number;
  readonly origin: string;
  readonly name: string | null;
  readonly location: { readonly uri: string; readonly range: { readonly start: { readonly line: number } } } | null;
}
