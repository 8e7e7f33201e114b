// What the province's platform tells the Mini App. The platform decides who somebody is; nothing said here is believed.

export interface Entered {
  token: string;
  name: string;
  is_linked: boolean;
  link: string;
}

export interface Case {
  number: string;
  title: string;
  state: string;
  unit: string;
  url: string;
}

export interface Warning {
  code: string;
  state: string;
  level: number;
  level_name: string;
  title: string;
  areas: { name: string }[];
  expires_at: string;
  url: string;
}

export class Platform {
  constructor(
    readonly address: string,
    readonly line: string,
    private readonly ask: typeof fetch = (...given) => fetch(...given),
  ) {}

  /** Exchange the operator's token for one of the platform's, which holds for an hour. */
  enter(accessToken: string): Promise<Entered> {
    return this.json<Entered>(`/kenh/mini/${this.line}/vao/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ access_token: accessToken }),
    });
  }

  async cases(token: string): Promise<Case[]> {
    const said = await this.json<{ cases: Case[] }>("/kenh/mini/viec/", {
      headers: { Authorization: `Bearer ${token}` },
    });
    return said.cases;
  }

  /** What holds at the moment, the most serious first; withdrawn ones are in the data for programs that showed them. */
  async warnings(now = new Date()): Promise<Warning[]> {
    const said = await this.json<{ warnings: Warning[] }>("/canh-bao/du-lieu.json", {});
    const holds = said.warnings.filter((one) => one.state === "published" && new Date(one.expires_at) > now);
    return holds.sort((one, other) => other.level - one.level);
  }

  page(path: string): string {
    return this.address + path;
  }

  private async json<Told>(path: string, options: RequestInit): Promise<Told> {
    const answer = await this.ask(this.address + path, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as Told;
  }
}
