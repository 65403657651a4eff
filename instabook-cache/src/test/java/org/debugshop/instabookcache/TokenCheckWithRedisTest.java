package org.debugshop.instabookcache;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** Runs the same tests with Redis. */
@QuarkusTest
@TestProfile(SharedRedis.class)
class TokenCheckWithRedisTest extends TokenCheckTest {}
