/** One development server for all tests of the page; each test opens a stage of its own. */

import { devServer, prepare } from './server.js';

const STORIES = ['practice', 'volunteer', 'volunteer-full'];

export default async function setup(project) {
  const { address, token, close } = await devServer();
  await prepare({ address, token }, STORIES);
  project.provide('devServer', { address, token });
  return close;
}
