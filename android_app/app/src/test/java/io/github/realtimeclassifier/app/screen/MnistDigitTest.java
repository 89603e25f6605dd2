package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public final class MnistDigitTest {
    private static final int WIDTH = 140;

    private static byte[] rectangle(int left, int top, int right, int bottom) {
        byte[] ink = new byte[WIDTH * WIDTH];
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                ink[y * WIDTH + x] = (byte) 255;
            }
        }
        return ink;
    }

    private static int gray(int[] argb, int x, int y) {
        return argb[y * MnistDigit.SIDE + x] & 0xff;
    }

    @Test
    public void nothingStaysBlack() {
        for (int pixel : MnistDigit.of(new byte[WIDTH * WIDTH], WIDTH)) {
            assertEquals(0xff000000, pixel);
        }
    }

    @Test
    public void fitsIntoTwentyByTwentyWithItsProportions() {
        // Twice as high as wide, anywhere on the pad: 20 rows, 10 columns, in the middle.
        int[] digit = MnistDigit.of(rectangle(5, 30, 55, 130), WIDTH);
        for (int y = 0; y < MnistDigit.SIDE; y++) {
            for (int x = 0; x < MnistDigit.SIDE; x++) {
                boolean inside = y >= 4 && y < 24 && x >= 9 && x < 19;
                assertEquals("column " + x + ", row " + y, inside ? 255 : 0, gray(digit, x, y));
            }
        }
    }

    @Test
    public void putsTheCentreOfMassInTheMiddle() {
        // A foot below a stem, as heavy: the middle of the mass is low, so that the digit moves up to the edge.
        byte[] ink = rectangle(60, 20, 70, 110);
        byte[] foot = rectangle(20, 110, 110, 120);
        for (int i = 0; i < ink.length; i++) {
            ink[i] |= foot[i];
        }
        int[] digit = MnistDigit.of(ink, WIDTH);
        double mass = 0;
        double massX = 0;
        double massY = 0;
        for (int y = 0; y < MnistDigit.SIDE; y++) {
            for (int x = 0; x < MnistDigit.SIDE; x++) {
                mass += gray(digit, x, y);
                massX += gray(digit, x, y) * (x + 0.5);
                massY += gray(digit, x, y) * (y + 0.5);
            }
        }
        assertEquals(14, massX / mass, 0.05);
        assertEquals(14, massY / mass, 0.05);
    }

    @Test
    public void aDotBecomesADigitToo() {
        int[] digit = MnistDigit.of(rectangle(70, 70, 71, 71), WIDTH);
        assertEquals(255, gray(digit, 14, 14));
        assertEquals(0, gray(digit, 1, 1));
    }

    @Test
    public void edgesAreGray() {
        // 30 pixels on 20: each edge that falls between two is a half.
        byte[] ink = rectangle(40, 40, 71, 70);
        int[] digit = MnistDigit.of(ink, WIDTH);
        boolean anyGray = false;
        for (int pixel : digit) {
            int gray = pixel & 0xff;
            anyGray |= gray > 0 && gray < 255;
            assertEquals(pixel, 0xff000000 | gray * 0x010101);
        }
        assertTrue(anyGray);
    }
}
