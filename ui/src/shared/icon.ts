import type { LucideProps } from '@lucide/svelte';
import type { Component } from 'svelte';

/** An icon of the icon library. */
export type IconComponent = Component<LucideProps>;
