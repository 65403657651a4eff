package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list, newest first.
 *
 * @param next where the next part, with older items, starts; empty on the last page
 */
public record Page<T>(List<T> items, Optional<Cursor> next) {

    <R> Page<R> map(Function<T, R> function) {
        return new Page<>(items.stream().map(function).toList(), next);
    }
}
