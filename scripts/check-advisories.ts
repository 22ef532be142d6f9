import { type Ended, runNpm } from './run-npm.ts';
import { complainUnlessWaived, type Waiver } from './waivers.ts';

interface Advisory {
  name: string;
  severity: string;
  title: string;
  url: string;
}

interface Report {
  vulnerabilities?: Record<string, { via: (Advisory | string)[] }>;
  message?: string;
}

// One try, and not long: a machine without a network checks everything else.
const PATIENCE = ['--fetch-retries=0', '--fetch-timeout=5000'];
const SEVERE: ReadonlySet<string> = new Set(['high', 'critical']);

/**
 * SUP-02: what the registry knows against the packages that run in production. A registry that is away, or that
 * answers no such question, makes nothing red; it is said that nobody was asked.
 */
export async function checkAdvisories(
  root: string,
  options: { waivers: readonly Waiver[]; now: Date; npm?: NodeJS.ProcessEnv },
): Promise<{ complaints: string[]; note?: string }> {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', ...PATIENCE];
  const ended = await runNpm(root, args, options.npm);
  const { vulnerabilities, message } = readReport(ended);
  if (!vulnerabilities) return { complaints: [], note: `NOT ASKED, npm audit got no answer: ${message}` };
  const severe = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object')
    .filter(({ severity }) => SEVERE.has(severity));
  const faults = severe.map(({ name, severity, title, url }) => {
    const id = url.split('/').at(-1) ?? url;
    return { name: id, complaint: `${name}: ${severity}, ${title} (${id}); upgrade it, or waive it for some days` };
  });
  return { complaints: complainUnlessWaived('advisory', faults, options) };
}

function readReport({ stdout, stderr }: Ended): Report {
  const message = stderr.trim().split('\n')[0] || 'nothing was said';
  try {
    return { message, ...(JSON.parse(stdout) as Report) };
  } catch {
    return { message };
  }
}
