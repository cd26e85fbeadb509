/** One development server for all tests of the page; each test opens a stage of its own. */

import { devServer } from './server.js';

/** What the tests begin from. Made here once, so that no test waits for more than a copy. */
const STORIES = ['practice', 'volunteer', 'volunteer-full'];

export default async function setup(project) {
  const { address, token, close } = await devServer();
  for (const story of STORIES) {
    const answer = await fetch(`http://${address}/stages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ story }),
    });
    const { stage } = await answer.json();
    await fetch(`http://${address}/stages/${stage}`, { method: 'DELETE' });
  }
  project.provide('devServer', { address, token });
  return close;
}
