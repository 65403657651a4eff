package org.debugshop.console.analysis;

/**
 * @param rate requests per second, over the part of the window that has data
 * @param errorShare the share of requests with status ERROR, 0 to 1
 * @param p50Millis percentiles of the duration: exact, by nearest rank
 */
public record RequestStatistics(int requests, double rate, double errorShare, double p50Millis, double p95Millis, double p99Millis) {}
