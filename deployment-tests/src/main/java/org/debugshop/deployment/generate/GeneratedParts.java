package org.debugshop.deployment.generate;

import java.util.ArrayList;
import java.util.List;

/** The generated parts of a file. Each is between a comment line with {@link #BEGIN} and one with {@link #END}. */
final class GeneratedParts {

    /** The line also says what the part is generated from. */
    static final String BEGIN = " by ./shop generate; do not edit.";
    static final String END = "End of the generated part.";

    private GeneratedParts() {}

    /** Returns a text with its generated parts replaced, in their order. */
    static String replace(String file, String text, List<List<String>> parts) {
        var result = new ArrayList<String>();
        var rest = new ArrayList<>(parts);
        var inside = false;
        for (var line : text.split("\n", -1)) {
            if (line.contains(END)) {
                inside = false;
            }
            if (!inside) {
                result.add(line);
            }
            if (line.contains(BEGIN)) {
                inside = true;
                if (!rest.isEmpty()) {
                    result.addAll(rest.removeFirst());
                }
            }
        }
        var begun = text.lines().filter(line -> line.contains(BEGIN)).count();
        if (inside || begun != parts.size()) {
            throw new IllegalStateException(file + " must have " + parts.size() + " generated parts, each between the lines \"" + BEGIN
                    + "\" and \"" + END + "\"");
        }
        return String.join("\n", result);
    }
}
