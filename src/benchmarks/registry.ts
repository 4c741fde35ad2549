import { nearest } from '../files/checkedJson';
import type { Benchmark } from './benchmark';
import { caltech101 } from './caltech101';
import { cars } from './cars';
import { cifar10, cifar100 } from './cifar';
import { danishFungi2020, danishFungi2024 } from './danishFungi';
import { dtd } from './dtd';
import { fgvcAircraft } from './fgvcAircraft';
import { flickr30k } from './flickr30k';
import { flowerPhotos } from './flowerPhotos';
import { flowers } from './flowers';
import { food101 } from './food101';
import { groceryStore } from './groceryStore';
import { imagenet1k } from './imagenet1k';
import { imagenetA, imagenetR, imagenetSketch, imagenetV2 } from './imagenetVariants';
import { medicinalLeaf } from './medicinalLeaf';
import {
  metaAlbumFungi,
  metaAlbumMedicinalLeaf,
  metaAlbumPlantDoc,
  metaAlbumPlantNet,
  metaAlbumPlantVillage,
} from './metaAlbum';
import { mscocoCaptions } from './mscocoCaptions';
import { pets } from './pets';
import { plantDoc } from './plantDoc';
import { plantNet300K } from './plantNet300K';
import { plantVillage, plantVillageMendeley } from './plantVillage';
import { sun397 } from './sun397';

/** Every published set that clipbook reads. */
export const BENCHMARKS: readonly Benchmark[] = [
  imagenet1k,
  imagenetV2,
  imagenetA,
  imagenetR,
  imagenetSketch,
  cifar10,
  cifar100,
  food101,
  pets,
  sun397,
  dtd,
  caltech101,
  cars,
  flowers,
  fgvcAircraft,
  mscocoCaptions,
  flickr30k,
  metaAlbumPlantNet,
  metaAlbumFungi,
  metaAlbumPlantVillage,
  metaAlbumMedicinalLeaf,
  metaAlbumPlantDoc,
  plantNet300K,
  danishFungi2020,
  danishFungi2024,
  plantVillage,
  plantVillageMendeley,
  medicinalLeaf,
  plantDoc,
  flowerPhotos,
  groceryStore,
];

/** @throws Error naming the sets that come near */
export function benchmarkOf(id: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.id === id);
  if (found) return found;
  const ids = BENCHMARKS.map((benchmark) => benchmark.id);
  const near = nearest(id, ids);
  const hint = near ? `did you mean "${near}"? ` : '';
  throw new Error(`There is no benchmark "${id}"; ${hint}"clipbook data list" shows all.`);
}
