package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.image.ChannelOrder;
import io.github.realtimeclassifier.core.image.ImageInput;
import java.util.ArrayList;
import java.util.List;

/** Which models read MNIST's digits: those that take gray pictures of 28 x 28 pixels as they are. */
final class DigitModels {
    private DigitModels() {}

    /** Those of a list, in its order. */
    static List<InstalledModel> of(List<InstalledModel> models) {
        List<InstalledModel> digits = new ArrayList<>();
        for (InstalledModel model : models) {
            if (model.manifest() != null && isDigits(model.manifest().input())) {
                digits.add(model);
            }
        }
        return digits;
    }

    private static boolean isDigits(ImageInput input) {
        return input.width() == MnistDigit.SIDE
                && input.height() == MnistDigit.SIDE
                && input.channelOrder() == ChannelOrder.GRAY
                && !input.resize().resizes();
    }
}
