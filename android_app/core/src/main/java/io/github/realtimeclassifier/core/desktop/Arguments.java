package io.github.realtimeclassifier.core.desktop;

import java.io.File;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The arguments after a command, {@code --name value} each; every one that is given must be asked for. */
final class Arguments {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * Splits them.
     *
     * @throws UsageException they do not come in such pairs, or one comes twice.
     */
    Arguments(List<String> words) throws UsageException {
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            if (!name.startsWith("--") || name.length() == 2) {
                throw new UsageException("expected an argument such as --model, received '" + name + "'");
            }
            if (i + 1 == words.size()) {
                throw new UsageException("expected a value after " + name + ", received none");
            }
            if (values.containsKey(name.substring(2))) {
                throw new UsageException("expected " + name + " once, received it twice");
            }
            values.put(name.substring(2), words.get(i + 1));
        }
    }

    boolean has(String name) {
        asked.add(name);
        return values.containsKey(name);
    }

    String text(String name) throws UsageException {
        if (!has(name)) {
            throw new UsageException("expected --" + name + ", received none");
        }
        return values.get(name);
    }

    String text(String name, String otherwise) throws UsageException {
        return has(name) ? text(name) : otherwise;
    }

    File file(String name) throws UsageException {
        String path = text(name);
        if (path.isEmpty()) {
            throw new UsageException("expected a path after --" + name + ", received an empty text");
        }
        return new File(path);
    }

    String choice(String name, String otherwise, List<String> choices) throws UsageException {
        String chosen = text(name, otherwise);
        if (!choices.contains(chosen)) {
            throw new UsageException("expected --" + name + " to be one of " + choices + ", received '" + chosen + "'");
        }
        return chosen;
    }

    int integer(String name, int otherwise, int least, int most) throws UsageException {
        String text = text(name, Integer.toString(otherwise));
        if (text.matches("-?[0-9]{1,10}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return (int) number;
            }
        }
        throw new UsageException(
                "expected --" + name + " to be an integer from " + least + " to " + most + ", received '" + text + "'");
    }

    double number(String name, double otherwise, double least, double most) throws UsageException {
        String text = text(name, Double.toString(otherwise));
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new UsageException(
                "expected --" + name + " to be a number from " + least + " to " + most + ", received '" + text + "'");
    }

    /** Two sides in pixels, such as 640x480: width, then height. */
    int[] size(String name, String otherwise, int most) throws UsageException {
        String text = text(name, otherwise);
        if (text.matches("[0-9]{1,5}x[0-9]{1,5}")) {
            int middle = text.indexOf('x');
            int[] sides = {Integer.parseInt(text.substring(0, middle)), Integer.parseInt(text.substring(middle + 1))};
            if (Math.min(sides[0], sides[1]) >= 1 && Math.max(sides[0], sides[1]) <= most) {
                return sides;
            }
        }
        throw new UsageException("expected --" + name + " to be WIDTHxHEIGHT with sides of 1 to " + most
                + " pixels, received '" + text + "'");
    }

    /** Refuses arguments that nobody asked for: a mistyped name would go unnoticed. */
    void checkAllAsked() throws UsageException {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                String[] known = asked.toArray(new String[0]);
                Arrays.sort(known);
                throw new UsageException(
                        "expected one of the arguments " + Arrays.toString(known) + ", received '" + name + "'");
            }
        }
    }
}
