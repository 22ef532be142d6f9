import { returnPath } from '#server/accounts/return-path.ts';
import { hasDemoGoogle } from '#server/google/google-settings.ts';

/** The button of Google on a page to sign in or up, with where it leads in the end; none while it is not set up. */
export function googleButton({ app }: App.Locals, url: URL): { action: string; isDemo: boolean } | undefined {
  if (!app.google) return undefined;
  const interaction = url.searchParams.get('interaction');
  const returnTo = returnPath(url.searchParams.get('return_to'));
  const onward = new URLSearchParams({
    ...(interaction !== null && { interaction }),
    ...(returnTo !== undefined && { return_to: returnTo }),
  });
  return {
    action: onward.size > 0 ? `/sign-in/google?${onward}` : '/sign-in/google',
    isDemo: hasDemoGoogle(app.config),
  };
}
