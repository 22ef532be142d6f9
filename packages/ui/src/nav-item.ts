import type { IconName } from './icons.ts';

/** A place to go to, in a bar of them. */
export interface NavItem {
  label: string;
  href: string;
  isCurrent: boolean;
  icon?: IconName;
}
