package org.debugshop.loadgenerator;

/** Decides when users act, until the {@link ActionRunner} is stopped. */
sealed interface LoadModel permits ClosedModel, OpenModel {

    void start();
}
