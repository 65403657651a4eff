package org.debugshop.console.analysis;

/**
 * @param rate requests a second over the time that the window really covers
 * @param errorShare 0 to 1: of those, what part has status ERROR
 * @param p50Millis percentiles of the duration: exact, by nearest rank
 */
public record RequestStatistics(int requests, double rate, double errorShare, double p50Millis, double p95Millis, double p99Millis) {}
