package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a JPEG is turned to stand upright: its EXIF orientation, 1 to 8. 1 is as stored; 5 to 8 exchange rows and
 * columns. Damaged EXIF data count as none, since the pixels are whole all the same. Immutable.
 */
public final class ExifOrientation {
    private static final int APP1 = 0xffe1;
    private static final int START_OF_SCAN = 0xffda;
    private static final int EXIF = 0x45786966;
    private static final int TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;
    private static final int AS_STORED = 1;

    private final int orientation;

    private ExifOrientation(int orientation) {
        this.orientation = orientation < 1 || orientation > 8 ? AS_STORED : orientation;
    }

    /** Looks for it in a whole JPEG file. */
    public static ExifOrientation read(byte[] jpeg) {
        ByteBuffer bytes = ByteBuffer.wrap(jpeg);
        int position = 2;
        while (position + 10 <= jpeg.length) {
            int marker = bytes.getShort(position) & 0xffff;
            int length = bytes.getShort(position + 2) & 0xffff;
            if (marker == APP1 && bytes.getInt(position + 4) == EXIF) {
                int start = position + 10;
                int end = Math.min(position + 2 + length, jpeg.length);
                return new ExifOrientation(start < end ? inDirectory(jpeg, start, end - start) : AS_STORED);
            }
            if (marker == START_OF_SCAN || (marker & 0xff00) != 0xff00 || length < 2) {
                break;
            }
            position += 2 + length;
        }
        return new ExifOrientation(AS_STORED);
    }

    private static int inDirectory(byte[] jpeg, int start, int length) {
        ByteBuffer tiff = ByteBuffer.wrap(jpeg, start, length).slice();
        if (length < 8) {
            return AS_STORED;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 8 || directory > length - 2) {
            return AS_STORED;
        }
        int entries = tiff.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > length) {
                return AS_STORED;
            }
            if ((tiff.getShort(entry) & 0xffff) == TAG) {
                return tiff.getShort(entry + 8) & 0xffff;
            }
        }
        return AS_STORED;
    }

    /** Turns a picture; the same picture where nothing is to be turned. */
    public ArgbImage upright(ArgbImage stored) throws ImageException {
        if (orientation == AS_STORED) {
            return stored;
        }
        boolean turned = orientation >= 5;
        boolean rowsBack = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        boolean columnsBack = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        int width = turned ? stored.height() : stored.width();
        int height = turned ? stored.width() : stored.height();
        int[] argb = new int[width * height];
        for (int row = 0, pixel = 0; row < height; row++) {
            int fromRow = rowsBack ? height - 1 - row : row;
            for (int column = 0; column < width; column++) {
                int fromColumn = columnsBack ? width - 1 - column : column;
                int x = turned ? fromRow : fromColumn;
                int y = turned ? fromColumn : fromRow;
                argb[pixel++] = stored.pixels()[y * stored.width() + x];
            }
        }
        return new ArgbImage(argb, width, height);
    }
}
