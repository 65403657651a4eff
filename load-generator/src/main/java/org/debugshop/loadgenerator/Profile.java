package org.debugshop.loadgenerator;

import java.util.List;
import java.util.random.RandomGenerator;

/** The behaviour of the simulated users. */
sealed interface Profile permits ShopProfile, InstabookProfile {

    /** Returns the actions of one user's visit, at least one, in this order. */
    List<Action> visit(RandomGenerator random);
}
