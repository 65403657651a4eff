# The image of any service: docker build --build-arg SERVICE=gateway -t gateway .
# It works with BuildKit and with the classic builder, for amd64 and arm64. docker-compose.override.yaml and build-and-push.sh use it.
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG JRE_IMAGE=eclipse-temurin:25-jre

# Only the POMs, which determine the libraries. The next stage copies them by content, so it is built again only if a POM changes.
FROM ${JDK_IMAGE} AS poms
COPY . /src
RUN cd /src \
 && find . -type f ! -name pom.xml ! -path './.mvn/*' ! -path ./mvnw -delete \
 && find . -type l -delete \
 && find . -type d -empty -delete

# Downloads the libraries of all services, by building all applications without sources. Docker reuses this layer until a POM changes.
FROM ${JDK_IMAGE} AS libraries
RUN command -v unzip >/dev/null || (apt-get update && apt-get install -y --no-install-recommends unzip && rm -rf /var/lib/apt/lists/*)
WORKDIR /src
COPY --from=poms /src ./
RUN services=$(grep -l '<artifactId>quarkus-maven-plugin</artifactId>' */pom.xml | sed 's,/.*,,' | tr '\n' ,) \
 && ./mvnw -B -q package -Dmaven.test.skip -pl "${services%,}" -am \
 && rm -rf */target

# One service, and the code that it shares with others. Libraries are copied separately, so a change of our code leaves their layer as it is.
FROM libraries AS build
ARG SERVICE
COPY service-defaults/src service-defaults/src
COPY failures failures
COPY ${SERVICE}/src ${SERVICE}/src
RUN ./mvnw -B -q package -Dmaven.test.skip -pl "${SERVICE}" -am \
 && mkdir -p /app/lib /libraries/lib \
 && mv "${SERVICE}"/target/quarkus-app/lib/*org.debugshop.* /app/lib/ \
 && mv "${SERVICE}"/target/quarkus-app/lib/* /libraries/lib/ \
 && mv "${SERVICE}"/target/quarkus-app/quarkus-run.jar /app/ \
 && sed -n 's/^quarkus\.http\.port=.*:\([0-9]*\)}*$/\1/p' "${SERVICE}/src/main/resources/application.properties" > /app/port

FROM ${JRE_IMAGE} AS application
WORKDIR /app
COPY docker/java.options docker/healthy docker/train ./
COPY --from=build /libraries/ ./
COPY --from=build /app/ ./
ENV HOST=0.0.0.0

# A short training run. At its end the JVM stores the classes that it loaded and linked, so the next start need not do that again.
FROM application AS training
RUN ./train

FROM application
ARG SERVICE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.description="Debug Shop: ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=training /app/app.aot ./
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=3s --start-period=180s --retries=3 CMD ["/app/healthy"]
ENTRYPOINT ["java", "@/app/java.options", "-XX:AOTCache=/app/app.aot", "-jar", "/app/quarkus-run.jar"]
