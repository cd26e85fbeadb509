/** The five places of the rail, by role. */

import type { IconComponent } from '../shared/icon';
import BarChart from '@lucide/svelte/icons/chart-column';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import House from '@lucide/svelte/icons/house';
import Houses from '@lucide/svelte/icons/houses';
import IdCard from '@lucide/svelte/icons/id-card';
import MapIcon from '@lucide/svelte/icons/map';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Upload from '@lucide/svelte/icons/upload';
import type { Role } from './shell.svelte';

export type Place = 'today' | 'register' | 'households' | 'queue' | 'more' | 'area' | 'attend' | 'reports';

export const PLACES: Record<Role, readonly Place[]> = {
  volunteer: ['today', 'register', 'households', 'queue', 'more'],
  coordinator: ['area', 'attend', 'reports', 'queue', 'more'],
};

export const ICONS: Record<Place, IconComponent> = {
  today: House,
  register: IdCard,
  households: Houses,
  queue: Upload,
  more: Ellipsis,
  area: MapIcon,
  attend: TriangleAlert,
  reports: BarChart,
};
