package io.github.realtimeclassifier.app.screen;

import android.graphics.Bitmap;
import android.graphics.Rect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands on a ground of one colour: lines of text, and what stands apart in them. */
final class Marks {
    // A space between two words is narrower.
    private static final int GAP = 8;
    // Less is a hairline.
    private static final int LEAST = 4;

    private final int[] pixels;
    private final int width;
    private final int ground;

    private Marks(Bitmap picture, Rect place) {
        width = place.width();
        pixels = new int[width * place.height()];
        picture.getPixels(pixels, 0, width, place.left, place.top, width, place.height());
        ground = mostFrequent(pixels);
    }

    /** The smallest rectangles around the marks in a part of a picture; none where it has one colour. */
    static List<Rect> in(Bitmap picture, Rect place) {
        List<Rect> marks = new ArrayList<>();
        Rect inside = new Rect(place);
        if (!inside.intersect(0, 0, picture.getWidth(), picture.getHeight())) {
            return marks;
        }
        Marks found = new Marks(picture, inside);
        for (int[] line : found.lines(inside.height())) {
            for (int[] mark : found.apart(line)) {
                marks.add(new Rect(
                        inside.left + mark[0], inside.top + line[0], inside.left + mark[1], inside.top + line[1]));
            }
        }
        return marks;
    }

    /** A copy of a picture in which a rectangle has the colour of its ground. */
    static Bitmap blanked(Bitmap picture, Rect place, Rect mark) {
        Bitmap copy = picture.copy(Bitmap.Config.ARGB_8888, true);
        int[] ground = new int[mark.width() * mark.height()];
        Arrays.fill(ground, new Marks(picture, place).ground);
        copy.setPixels(ground, 0, mark.width(), mark.left, mark.top, mark.width(), mark.height());
        return copy;
    }

    private static int mostFrequent(int[] colours) {
        Map<Integer, Integer> counts = new HashMap<>();
        int best = colours[0];
        for (int colour : colours) {
            Integer before = counts.get(colour);
            counts.put(colour, before == null ? 1 : before + 1);
            best = counts.get(colour) > counts.get(best) ? colour : best;
        }
        return best;
    }

    private List<int[]> lines(int height) {
        List<int[]> lines = new ArrayList<>();
        int first = -1;
        for (int row = 0; row <= height; row++) {
            boolean marked = row < height && isMarked(0, width, row, row + 1);
            if (marked && first < 0) {
                first = row;
            } else if (!marked && first >= 0) {
                if (row - first >= LEAST) {
                    lines.add(new int[] {first, row});
                }
                first = -1;
            }
        }
        return lines;
    }

    private List<int[]> apart(int[] line) {
        List<int[]> marks = new ArrayList<>();
        int first = -1;
        int last = -1;
        for (int column = 0; column <= width + GAP; column++) {
            if (column < width && isMarked(column, column + 1, line[0], line[1])) {
                first = first < 0 ? column : first;
                last = column;
            } else if (first >= 0 && column - last > GAP) {
                if (last - first + 1 >= LEAST) {
                    marks.add(new int[] {first, last + 1});
                }
                first = -1;
            }
        }
        return marks;
    }

    private boolean isMarked(int left, int right, int top, int bottom) {
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                if (pixels[row * width + column] != ground) {
                    return true;
                }
            }
        }
        return false;
    }
}
