package org.debugshop.currency;

import java.math.BigDecimal;
import java.util.Map;

/** @param rates units of each currency for one unit of {@code base}, rounded to four decimals */
record RateTable(String base, Map<String, BigDecimal> rates) {}
