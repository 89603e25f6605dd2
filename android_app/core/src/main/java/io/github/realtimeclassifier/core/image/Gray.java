package io.github.realtimeclassifier.core.image;

/** Gray from colour, as Pillow's mode L: (19595 red + 38470 green + 7471 blue + 32768) >> 16. */
final class Gray {
    private Gray() {}

    static int of(int red, int green, int blue) {
        return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
    }
}
