/** An answer of an API whose bytes are there already. A web `Response` around them costs more than all the rest. */
export class ReadyAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `null` where there is none, as with 204. */
  readonly body: string | null;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string | null) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
