/** Class lists that no rule can give: chosen by hand, in the words of the emoji labels. */

const split = (text: string) => text.split(/\s*,\s*/);

/** CIFAR-10's classes in its order, each with the emoji concepts that show it. */
export const CIFAR10: Record<string, string[]> = {
  airplane: split('airplane, small airplane, airplane departure, airplane arrival'),
  automobile: split(
    'automobile, oncoming automobile, taxi, oncoming taxi, sport utility vehicle, racing car, police car, oncoming police car',
  ),
  bird: split('bird, dove, eagle, duck, swan, owl, flamingo, peacock, parrot, black bird, goose, penguin'),
  cat: split('cat, black cat, grinning cat, crying cat, pouting cat'),
  deer: split('deer, moose'),
  dog: split('dog, dog face, guide dog, service dog, poodle'),
  frog: split('frog'),
  horse: split('horse, horse face, horse racing, carousel horse'),
  ship: split('ship, passenger ship, ferry, sailboat, motor boat, speedboat'),
  truck: split('delivery truck, articulated lorry, pickup truck, fire engine'),
};

/** A hundred common things, after CIFAR-100's classes where an emoji shows one. */
export const CIFAR100 = split(
  `red apple, tropical fish, baby, bear, beaver, bed, honeybee, beetle, bicycle, bowl with spoon, boy,
  bridge at night, bus, butterfly, camel, canned food, castle, bug, cow, chair, monkey, alarm clock, cloud, cockroach,
  couch and lamp, crab, crocodile, teacup without handle, T-Rex, dolphin, elephant, fish, evergreen tree, fox, girl,
  hamster, house, kangaroo, keyboard, light bulb, leopard, lion, lizard, lobster, man, maple leaf, motorcycle,
  mountain, mouse, mushroom, deciduous tree, tangerine, hibiscus, otter, palm tree, pear, pickup truck,
  fork and knife with plate, hedgehog, rabbit, raccoon, motorway, rocket, rose, water wave, seal, shark, rat, skunk,
  cityscape, snail, snake, spider, chipmunk, tram car, sunflower, bell pepper, telephone, television, tiger, tractor,
  train, tulip, turtle, door, spouting whale, wolf, woman, worm, dog, cat, horse, airplane, automobile, ship, key,
  umbrella, banana, strawberry, camera`,
);

/** About a hundred everyday things, after Caltech-101's categories where an emoji shows one. */
export const CALTECH101 = split(
  `accordion, airplane, anchor, ant, brain, camera, canoe, automobile, mobile phone, chair, couch and lamp, crab,
  crocodile, teacup without handle, dolphin, guitar, elephant, trumpet, amphora, ferry, flamingo, musical keyboard,
  headphone, hedgehog, helicopter, kangaroo, light bulb, laptop, lobster, lotus, banjo, motorcycle, spiral shell,
  octopus, Japanese castle, panda, dove, pizza, water pistol, rhinoceros, rooster, saxophone, sailboat, scissors,
  scorpion, soccer ball, stop sign, strawberry, sunflower, beetle, umbrella, watch, cherry blossom, manual wheelchair,
  leopard, wrench, yin yang, butterfly, balloon, hammer, key, open book, backpack, bell, candle, crown, drum, violin,
  envelope, glasses, sunglasses, hourglass done, kite, ladder, microphone, microscope, telescope, necktie, t-shirt,
  paintbrush, pencil, printer, radio, ring, straight ruler, screwdriver, socks, spoon, teddy bear, television, toothbrush,
  top hat, trophy, puzzle piece, magnet, broom, shopping cart, axe, bathtub, floppy disk, telephone`,
);

/** Members of the transport subgroups that are no vehicles. */
export const NOT_VEHICLES = new Set(
  split(
    `station, bus stop, motorway, railway track, oil drum, fuel pump, wheel, police car light, horizontal traffic light,
    vertical traffic light, stop sign, construction, anchor, ring buoy, parachute, seat`,
  ),
);

/** Members of the animal subgroups that are no animals. */
export const NOT_ANIMALS = new Set(
  split('pig nose, paw prints, feather, wing, spiral shell, coral, spider web, microbe'),
);

/** Members of the place and weather subgroups that are objects, not scenes, and scenes from other subgroups. */
export const NOT_SCENES = new Set(
  split(
    `brick, rock, wood, wedding, carousel horse, barber pole, thermometer, sun, sun with face, ringed planet, star,
    glowing star, shooting star, wind face, closed umbrella, umbrella, umbrella on ground, high voltage, snowflake,
    comet, fire, droplet`,
  ),
);
export const MORE_SCENES = new Set(split('station, bus stop, motorway, railway track'));

/** Members of the plant subgroups that are not plants. */
export const NOT_PLANTS = new Set(split('rosette, empty nest, nest with eggs'));
