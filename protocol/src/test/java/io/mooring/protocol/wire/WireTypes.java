package io.mooring.protocol.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.Status;
import io.mooring.wire.agentcfg.AgentcfgProto;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationRpcProto;
import io.mooring.wire.agentevents.rpc.AgentEventsProto;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarRpcProto;
import io.mooring.wire.agenttracker.AgentTrackerProto;
import io.mooring.wire.agenttracker.rpc.AgentTrackerRpcProto;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectRpcProto;
import io.mooring.wire.entity.EntityProto;
import io.mooring.wire.event.EventProto;
import io.mooring.wire.flux.rpc.FluxRpcProto;
import io.mooring.wire.gitaly.BlobProto;
import io.mooring.wire.gitaly.CommitProto;
import io.mooring.wire.gitaly.DiffProto;
import io.mooring.wire.gitaly.ErrorsProto;
import io.mooring.wire.gitaly.OperationsProto;
import io.mooring.wire.gitaly.RefProto;
import io.mooring.wire.gitaly.RepositoryProto;
import io.mooring.wire.gitaly.ServerProto;
import io.mooring.wire.gitaly.SharedProto;
import io.mooring.wire.gitaly.SmartHttpProto;
import io.mooring.wire.gitlab.GitlabProto;
import io.mooring.wire.gitlab.api.GitlabApiProto;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessRpcProto;
import io.mooring.wire.gitops.rpc.GitopsRpcProto;
import io.mooring.wire.grpctool.GrpctoolProto;
import io.mooring.wire.kas.KasProto;
import io.mooring.wire.kascfg.KascfgProto;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiRpcProto;
import io.mooring.wire.notifications.rpc.NotificationsRpcProto;
import io.mooring.wire.prototool.PrototoolProto;
import io.mooring.wire.redistool.RedistoolProto;
import io.mooring.wire.reversetunnel.info.ReverseTunnelInfoProto;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelRpcProto;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that is generated from our .proto files, and the messages of others that they carry.
 */
final class WireTypes {

  static final List<FileDescriptor> FILES =
      List.of(
          AgentConfigurationRpcProto.getDescriptor(),
          AgentEventsProto.getDescriptor(),
          AgentRegistrarRpcProto.getDescriptor(),
          AgentTrackerProto.getDescriptor(),
          AgentTrackerRpcProto.getDescriptor(),
          AgentcfgProto.getDescriptor(),
          BlobProto.getDescriptor(),
          CommitProto.getDescriptor(),
          ConfigurationProjectRpcProto.getDescriptor(),
          DiffProto.getDescriptor(),
          EntityProto.getDescriptor(),
          ErrorsProto.getDescriptor(),
          EventProto.getDescriptor(),
          FluxRpcProto.getDescriptor(),
          GitlabAccessRpcProto.getDescriptor(),
          GitlabApiProto.getDescriptor(),
          GitlabProto.getDescriptor(),
          GitopsRpcProto.getDescriptor(),
          GrpctoolProto.getDescriptor(),
          KasProto.getDescriptor(),
          KascfgProto.getDescriptor(),
          KubernetesApiRpcProto.getDescriptor(),
          NotificationsRpcProto.getDescriptor(),
          OperationsProto.getDescriptor(),
          PrototoolProto.getDescriptor(),
          RedistoolProto.getDescriptor(),
          RefProto.getDescriptor(),
          RepositoryProto.getDescriptor(),
          ReverseTunnelInfoProto.getDescriptor(),
          ReverseTunnelRpcProto.getDescriptor(),
          ServerProto.getDescriptor(),
          SharedProto.getDescriptor(),
          SmartHttpProto.getDescriptor());

  static final List<Descriptor> MESSAGES =
      Stream.concat(
              FILES.stream()
                  .flatMap(file -> file.getMessageTypes().stream())
                  .flatMap(WireTypes::withNested),
              Stream.of(
                  Any.getDescriptor(),
                  Duration.getDescriptor(),
                  Status.getDescriptor(),
                  Timestamp.getDescriptor()))
          .toList();

  static final List<EnumDescriptor> ENUMS =
      Stream.concat(
              FILES.stream().flatMap(file -> file.getEnumTypes().stream()),
              MESSAGES.stream().flatMap(message -> message.getEnumTypes().stream()))
          .toList();

  private WireTypes() {}

  static Descriptor message(String fullName) {
    return MESSAGES.stream()
        .filter(message -> message.getFullName().equals(fullName))
        .findFirst()
        .orElseThrow();
  }

  /** The empty message of the generated class. */
  static Message prototype(Descriptor type) {
    String packageName = type.getFile().getOptions().getJavaPackage();
    String nested =
        type.getFullName().substring(type.getFile().getPackage().length() + 1).replace('.', '$');
    try {
      return (Message)
          Class.forName(packageName + "." + nested).getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no generated class for " + type.getFullName(), e);
    }
  }

  private static Stream<Descriptor> withNested(Descriptor type) {
    return type.getOptions().getMapEntry()
        ? Stream.empty()
        : Stream.concat(
            Stream.of(type), type.getNestedTypes().stream().flatMap(WireTypes::withNested));
  }
}
