import type { Icon, IconSet } from './sources';

/** Flags, letters and other things that are left out of OpenMoji's additions by the shape of their name. */
const LEFT_OUT_SHAPES = /flag|^regional-indicator|^rounded-symbol-for|-stencil$|^[a-z]$|-low$|community$/;

/** OpenMoji's additions that show a company's or product's mark, a living person, a film figure or
 * a pride flag, and one unfinished drawing (white-square). */
const LEFT_OUT = new Set(
  `adilette agender android apple arduino aroace aromantic artstation asexual bdsm-rights bigender bisexual bluesky
  captain-jack chrome chrome-canary chromium cplusplus crocs csharp darth-vader demiboy demigender demigirl demisexual
  discord dotnet ecosia-browser edge facebook facetime firefox firefox-developer firefox-nightly gay genderfluid
  genderqueer github gitlab golang greta-thunberg greysexual guy-fawkes-mask hal-9000
  hfg-hochschule-fur-gestaltung-schwabisch-gmund ibeacon inaturalist instagram internet-explorer intersex javascript
  jellyfin kotlin lesbian linkedin markdown mastodon musicbrainz netscape-navigator nonbinary openfoodfact
  openstreetmap opera pansexual peertube pinterest pixelfed polyamory polysexual pride raspberry-pi reddit ruby safari
  schwabisch-gmund-forum-gold-und-silber schwabisch-gmund-funfknopfturm schwabisch-gmund-ratshaus simple
  stuttgart-fernsehturm svg tardis titanic trump twitter typescript ubuntu ulmer-hocker webassembly white-square wikidata
  windows winrar youtube`.split(/\s+/),
);

/** OpenMoji's own additions to Unicode, as labelled drawings; they have no tags. */
export function readExtras(openmoji: IconSet): { label: string; slug: string; icon: Icon }[] {
  const slugs = Object.entries(openmoji.categories)
    .filter(([category]) => category.startsWith('Extras'))
    .flatMap(([, members]) => members);
  return [...new Set(slugs)]
    .filter((slug) => !LEFT_OUT.has(slug) && !LEFT_OUT_SHAPES.test(slug) && openmoji.icons[slug])
    .sort()
    .map((slug) => ({ slug, label: slug.replace(/-/g, ' '), icon: openmoji.icons[slug] }));
}
