/**
 * The parts of the API's objects that are read here (Kubernetes API v1, apps/v1, batch/v1). Everything may be missing:
 * versions, admission and hand-written objects differ. Never leaves this folder: values of environments are in it.
 */
export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
}

export type Labels = Readonly<Record<string, string>>;

export interface OwnerReference {
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly controller?: boolean;
}

export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly fieldsV1?: unknown;
}

export interface KubeObject {
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

export interface PodDocument extends KubeObject {
  readonly spec?: PodSpec;
  readonly status?: PodStatus;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly ephemeralContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly VolumeDocument[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly serviceAccountName?: string;
  readonly restartPolicy?: string;
  readonly runtimeClassName?: string;
  readonly securityContext?: SecurityContext;
  readonly nodeSelector?: Labels;
  readonly affinity?: { readonly nodeAffinity?: NodeAffinity };
  readonly tolerations?: readonly Toleration[];
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeTerm[] };
}

interface NodeTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

interface NodeRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

export interface ContainerSpec {
  readonly name?: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly workingDir?: string;
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly readinessProbe?: unknown;
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: string;
}

export interface VolumeDocument {
  readonly name?: string;
  readonly [source: string]: unknown;
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name?: string;
  readonly image?: string;
  readonly imageID?: string;
  readonly containerID?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

interface TerminatedState {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
}

export interface NodeDocument extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key?: string; readonly value?: string; readonly effect?: string }[];
  };
  readonly status?: {
    readonly nodeInfo?: NodeInfo;
    readonly images?: readonly { readonly names?: readonly string[] | null }[];
    readonly conditions?: readonly Condition[];
  };
}

export interface NodeInfo {
  readonly architecture?: string;
  readonly operatingSystem?: string;
  readonly osImage?: string;
  readonly kernelVersion?: string;
  readonly containerRuntimeVersion?: string;
  readonly kubeletVersion?: string;
}

export interface PodTemplate {
  readonly metadata?: ObjectMeta;
  readonly spec?: PodSpec;
}

/** Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob: what they have in common, and what some have. */
export interface WorkloadDocument extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly suspend?: boolean;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
    readonly updateStrategy?: { readonly type?: string };
    /** Of a StatefulSet; `OrderedReady` when it is missing. */
    readonly podManagementPolicy?: string;
    readonly strategy?: { readonly type?: string };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly NodeRequirement[];
}

/** A revision of a StatefulSet or DaemonSet (apps/v1 ControllerRevision): `data` is a patch with the pod template. */
export interface RevisionDocument extends KubeObject {
  readonly revision?: number;
  readonly data?: { readonly spec?: { readonly template?: PodTemplate } };
}

export interface EventDocument extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject?: { readonly name?: string; readonly fieldPath?: string; readonly uid?: string };
}

/** Of a Secret of type kubernetes.io/dockerconfigjson or …/dockercfg. */
export interface SecretDocument extends KubeObject {
  readonly type?: string;
  readonly data?: Labels;
}

/** meta/v1 Status: how the API says that it would not. */
export interface StatusDocument extends KubeObject {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
}
