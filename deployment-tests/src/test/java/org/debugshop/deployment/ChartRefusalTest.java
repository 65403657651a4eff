package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart refuses before anything is created: values that the API server would refuse, or that would not work. */
class ChartRefusalTest {

    @AfterEach
    void forget() {
        Cluster.forget();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            global: {imagePullPolicy: Sometimes}                       | imagePullPolicy
            global: {repositry: x}                                     | repositry
            services: {gateway: {replicas: -1}}                        | replicas
            services: {gateway: {replicas: two}}                       | replicas
            services: {gateway: {port: 80800}}                         | port
            services: {gateway: {resources: {limits: {memory: lots}}}} | memory
            services: {gateway: {env: {lower: x}}}                     | lower
            services: {gateway: {calls: {X_SERVICE: "http://x"}}}      | calls
            services: {gatway: {replicas: 2}}                          | gatway
            services: {currency: {enabled: false}}                     | which is not enabled
            services: {console: {replicas: 2}}                         | services.console keeps the telemetry in memory
            services: {console: {enabled: false}}                      | telemetry.to leads to the console
            engines: {postgres: {enabled: false}}                      | services.inventory needs PostgreSQL
            {engines: {postgres: {enabled: false}}, services: {inventory: {enabled: false}}} | services.payments needs PostgreSQL
            {engines: {redis: {enabled: false}}, services: {instabook-cache: {replicas: 2}}} | services.instabook-cache keeps its sessions in memory
            engines: {kafka: {enabled: false, external: {bootstrapServers: nowhere}}} | bootstrapServers
            engines: {redis: {enabled: false, external: {url: "http://x"}}} | url
            telemetry: {to: jaeger}                                    | telemetry
            telemetry: {to: otlp}                                      | telemetry.otlp.endpoint must be set
            telemetry: {to: otlp, otlp: {endpoint: "otlp.example.com"}} | endpoint
            {ingress: {enabled: true, hosts: {shop: x.example.com}}}    | shop is to be exposed
            {ingress: {enabled: true, hosts: {console: x.example.com}, edgeAuthentication: {controller: traefik}}} | ingress.hosts.gateway must be set
            {services: {accounts: {enabled: false}}, ingress: {enabled: true, hosts: {gateway: x.example.com}, edgeAuthentication: {controller: traefik}}} | asks accounts, which is not enabled
            """)
    void shouldRefuseAWrongValueAndNameIt(String values, String name) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(name);
    }

    /** Each value of these is right; it is two of them that do not fit together. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ingress: {enabled: true}                                   | ingress.enabled is true, so ingress.hosts must have a service
            ingress: {enabled: true, hosts: {gateway: a.example.com, console: a.example.com}} | two services at the same host name
            gatewayApi: {enabled: true, hosts: {gateway: a.example.com}} | gatewayApi.parentRefs must name a Gateway
            gatewayApi: {enabled: true, parentRefs: [{name: edge}]}    | gatewayApi.enabled is true, so gatewayApi.hosts must have a service
            services: {gateway: {autoscaling: {enabled: true, minReplicas: 5}}} | minReplicas is 5, which is more than its maxReplicas, 3
            {defaults: {autoscaling: {minReplicas: 4}}, services: {gateway: {autoscaling: {enabled: true}}}} | minReplicas is 4
            services: {gateway: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}} | resources.requests.cpu must be set
            services: {console: {autoscaling: {enabled: true}}}        | services.console keeps the telemetry in memory
            services: {gateway: {podDisruptionBudget: {enabled: true, minAvailable: 1}}} | no node could be drained
            services: {gateway: {replicas: 3, podDisruptionBudget: {enabled: true, minAvailable: 3}}} | no node could be drained
            services: {gateway: {replicas: 3, podDisruptionBudget: {enabled: true, minAvailable: 100%}}} | no node could be drained
            services: {gateway: {resources: {requests: {memory: 1Gi}}}} | resources.requests.memory is 1Gi, but resources.limits.memory is 192Mi
            services: {gateway: {resources: {requests: {memory: 201326593}}}} | resources.requests.memory is 201326593, but
            services: {gateway: {resources: {limits: {cpu: 0.01}}}}    | resources.requests.cpu is 50m, but resources.limits.cpu is 0.01
            services: {gateway: {resources: {requests: {example.com/gpu: 1}}}} | needs the same in resources.limits
            defaults: {resources: {limits: {cpu: 60m}}}                | services.checkout.resources.requests.cpu is 100m
            engines: {kafka: {resources: {limits: {memory: 300Mi}}}}   | engines.kafka.resources.requests.memory is 384Mi
            smokeTest: {resources: {requests: {memory: 1Gi}}}          | smokeTest.resources.requests.memory is 1Gi
            telemetry: {to: collector, collector: {resources: {requests: {cpu: 2}, limits: {cpu: 1}}}} | telemetry.collector.resources.requests.cpu is 2
            services: {console: {otlpPort: 8090}}                      | services.console.otlpPort is 8090, which is another port
            services: {console: {otlpGrpcPort: 4318}}                  | services.console.otlpGrpcPort is 4318, which is another port
            services: {kafka: {port: 1}}                               | services.kafka cannot have this name
            services: {smoke-test: {port: 1}}                          | services.smoke-test cannot have this name
            services: {gateway: {preStopSeconds: 30}}                  | services.gateway.preStopSeconds is 30, which must be less
            services: {gateway: {podLabels: {app.kubernetes.io/name: x}}} | podLabels has app.kubernetes.io/name
            engines: {redis: {podLabels: {app.kubernetes.io/instance: x}}} | engines.redis.podLabels has app.kubernetes.io/instance
            engines: {postgres: {external: {host: db.example.com}}}    | engines.postgres.external.host is set, but engines.postgres.enabled is true
            engines: {redis: {external: {url: "redis://cache"}}}       | engines.redis.external.url is set, but engines.redis.enabled is true
            services: {gateway: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}, {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}} | has the same topologyKey twice
            services: {gateway: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [app.kubernetes.io/name]}]}} | has app.kubernetes.io/name in matchLabelKeys
            services: {gateway: {extraEgress: [{ports: [{port: 5, endPort: 4}]}]}} | has the endPort 4, which is less than its port, 5
            services: {gateway: {extraEgress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}} | 10.0.0.0/8 except 11.0.0.0/16, which is no part of it
            networkPolicy: {metricsFrom: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]} | 10.0.0.0/8 except 10.0.0.0/8, which is no part of it
            networkPolicy: {dnsTo: [{ipBlock: {cidr: 192.168.128.0/17, except: [192.168.1.0/24]}}]} | which is no part of it
            {engines: {postgres: {enabled: false}}, services: {inventory: {enabled: false}, payments: {enabled: false}, checkout: {replicas: 2}}} | services.checkout keeps its data in memory
            {engines: {postgres: {enabled: false}}, services: {inventory: {enabled: false}, payments: {enabled: false}, checkout: {autoscaling: {enabled: true}}}} | services.checkout keeps its data in memory
            """)
    void shouldRefuseValuesThatDoNotFitTogether(String values, String sentence) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(sentence);
    }

    /** What the API server refuses in a single value. */
    @ParameterizedTest
    @ValueSource(strings = {
            "ingress: {hosts: {gateway: 10.0.0.1}}", "ingress: {hosts: {gateway: a..b}}", "ingress: {hosts: {gateway: Shop.example.com}}",
            "ingress: {className: 'a b'}", "ingress: {tls: [{hosts: ['a b']}]}", "gatewayApi: {parentRefs: [{name: ''}]}",
            "services: {a-: {port: 1}}", "services: {a-service-with-a-name-that-is-too-long: {port: 1}}",
            "services: {gateway: {resources: {requests: {mem: 1Gi}}}}", "services: {gateway: {resources: {requests: {memory: -1}}}}",
            "services: {gateway: {nodeSelector: {disk: 'a b'}}}", "services: {gateway: {nodeSelector: {-a: b}}}",
            "services: {gateway: {tolerations: [{operator: Equals}]}}", "services: {gateway: {tolerations: [{value: x}]}}",
            "services: {gateway: {tolerations: [{key: a, operator: Exists, value: x}]}}",
            "services: {gateway: {tolerations: [{key: a, tolerationSeconds: 5}]}}",
            "services: {gateway: {affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, podAffinityTerm: {topologyKey: a}}]}}}}",
            "services: {gateway: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}]}]}}}}}",
            "services: {gateway: {affinity: {nodeAfinity: {}}}}", "services: {gateway: {priorityClassName: A_B}}",
            "services: {gateway: {topologySpreadConstraints: [{topologyKey: zone}]}}", "services: {gateway: {podAnnotations: {'a b': x}}}",
            "services: {gateway: {podDisruptionBudget: {maxUnavailable: 0}}}",
            "services: {gateway: {podDisruptionBudget: {maxUnavailable: 200%}}}",
            "services: {gateway: {env: {A: {secretKeyRef: {name: x}}}}}",
            "services: {gateway: {env: {A: {fieldRef: {fieldPath: metadata.nme}}}}}",
            "services: {gateway: {podSecurityContext: {runAsUser: root}}}",
            "services: {gateway: {containerSecurityContext: {privilegd: false}}}",
            "services: {gateway: {service: {type: External}}}",
            "services: {gateway: {extraEgress: [{to: [{ipBlock: {cidr: 10.0.0.300/8}}]}]}}",
            "services: {gateway: {resources: {limits: {example.com/gpu: 1.5}}}}",
            "services: {gateway: {env: {A: {secretKeyRef: {name: x, key: ..a}}}}}",
            "services: {gateway: {env: {A: {fieldRef: {fieldPath: \"metadata.labels['a b']\"}}}}}",
            "services: {gateway: {env: {A: {resourceFieldRef: {resource: limits.memory, divisor: 3Mi}}}}}",
            "services: {gateway: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.x, operator: In, values: [x]}]}]}}}}}",
            "services: {gateway: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [a]}]}}}}",
            "services: {gateway: {podSecurityContext: {seccompProfile: {type: Localhost, localhostProfile: ../a}}}}",
            "services: {gateway: {extraEgress: [{ports: [{port: '123'}]}]}}",
            "services: {gateway: {extraEgress: [{ports: [{port: a--b}]}]}}",
            "services: {gateway: {extraEgress: [{to: [{podSelector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}}]}]}}",
            "engines: {postgres: {storage: 0}}", "engines: {postgres: {storage: 0Gi}}", "engines: {postgres: {storageClassName: A_B}}",
            "engines: {postgres: {image: ''}}", "secrets: {existing: My_Secret}", "secrets: {databasePassword: \"a\\nb\"}",
            "global: {imagePullSecrets: [{name: A_B}]}", "global: {imagePullSecrets: [{name: a}, {name: a}]}",
            "networkPolicy: {metricsFrom: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}",
            "networkPolicy: {metricsFrom: [{ipBlock: {cidr: 10.0.0.0}}]}",
            "networkPolicy: {metricsFrom: [{namespaceSelector: {matchLabel: {a: b}}}]}", "networkPolicy: {dnsTo: [{}]}",
            "metrics: {serviceMonitor: {labels: {a: 'b c'}}}", "telemetry: {collector: {signals: [spans]}}"})
    void shouldRefuseAValueThatTheApiServerRefuses(String values) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("values don't meet the specifications of the schema");
    }

    @Test
    void shouldRefuseAnOldKubernetes() {
        assertThatThrownBy(() -> Chart.renderFor("1.24.17")).hasMessageContaining("this is Kubernetes v1.24.17, but the chart needs 1.25");
        assertThat(Chart.renderFor("1.25.0")).isNotEmpty();
        assertThat(Chart.renderFor("1.31.2-eks-7f9249a")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1shop", "a.b", "my.shop", "0"})
    void shouldRefuseANameOfAReleaseThatServicesCannotHave(String release) {
        assertThatThrownBy(() -> Chart.render(release, "")).hasMessageContaining("the release cannot be called " + release);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a1", "a-release-with-a-name-as-long-as-helm-allows-it-to-be", "a-release-with-a-name-that-is-cut-h--er",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa---b"})
    void shouldMakeValidNamesOfEachOtherNameOfARelease(String release) {
        var names = Chart.render(release,
                "ingress: {enabled: true, hosts: {gateway: a.example.com}}\nmetrics: {serviceMonitor: {enabled: true}}");

        assertThat(names).extracting(Objects::name).allMatch(name -> name.matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?"));
    }

    @Test
    void shouldRefuseToChangeAVolumeThatIsThere() {
        Cluster.statefulSet("shop-postgres", "1Gi", "");
        Cluster.statefulSet("shop-kafka", "2Gi", "fast");
        var unchanged = "engines: {kafka: {storage: 2048Mi, storageClassName: fast}";

        assertThat(Chart.render(unchanged + "}")).isNotEmpty();
        assertThat(Chart.render(unchanged + ", postgres: {storage: 1024Mi}, redis: {storage: 3Gi}}")).isNotEmpty();
        assertThatThrownBy(() -> Chart.render(unchanged + ", postgres: {storage: 2Gi}}"))
                .hasMessageContaining("engines.postgres.storage is 2Gi, but the volume has been made with 1Gi");
        assertThatThrownBy(() -> Chart.render("engines: {kafka: {storage: 2Gi}}"))
                .hasMessageContaining("engines.kafka.storageClassName is \"\", but the volume has been made with \"fast\"");
    }
}
